// How the files and the recording that are chosen in one conversation lie in the database: one row, sealed file by file.

import { newId } from "./new-id";
import type { Chosen } from "./types";
import type { Vault } from "./vault";

export interface ChosenRow {
  about: unknown;
  blobs: Record<string, unknown>;
}

interface About {
  files: Named[];
  recording: (Named & { seconds: number }) | null;
}

interface Named {
  id: string;
  name: string;
  mediaType: string;
}

interface SealedFile extends Named {
  sealed: unknown;
}

export interface ChosenSealer {
  rowOf: (conversationId: number, chosen: Chosen) => Promise<ChosenRow>;
  /** Null: nothing of it can be opened. */
  chosenOf: (conversationId: number, row: ChosenRow) => Promise<Chosen | null>;
}

export function chosenSealer(vault: Vault): ChosenSealer {
  /** A file is sealed once, however often others are put beside it or taken away. */
  const known = new WeakMap<File, Promise<SealedFile>>();

  async function seal(file: File): Promise<SealedFile> {
    const id = newId();
    return { id, name: file.name, mediaType: file.type, sealed: await vault.wrapBlob(file, id) };
  }

  function sealed(file: File): Promise<SealedFile> {
    const made = known.get(file) ?? seal(file);
    known.set(file, made);
    return made;
  }

  async function open({ id, name, mediaType }: Named, { blobs }: ChosenRow): Promise<File[]> {
    const blob = await vault.unwrapBlob(blobs[id], id);
    if (blob === null) return [];
    const file = new File([blob], name, { type: mediaType });
    known.set(file, Promise.resolve({ id, name, mediaType, sealed: blobs[id] }));
    return [file];
  }

  return {
    async rowOf(conversationId, { files, recording }) {
      const all = await Promise.all(files.map(sealed));
      const said = recording === null ? null : await sealed(recording.file);
      const about: About = { files: all.map(named), recording: said && recording && { ...named(said), seconds: recording.seconds } };
      const blobs = Object.fromEntries([...all, ...(said === null ? [] : [said])].map((one) => [one.id, one.sealed]));
      return { about: await vault.wrap(about, nameOf(conversationId)), blobs };
    },
    async chosenOf(conversationId, row) {
      const about = (await vault.unwrap(row.about, nameOf(conversationId))) as About | null;
      if (about === null) return null;
      const files = (await Promise.all(about.files.map((file) => open(file, row)))).flat();
      const [file] = about.recording === null ? [] : await open(about.recording, row);
      const recording = about.recording === null || file === undefined ? null : { file, seconds: about.recording.seconds };
      return files.length === 0 && recording === null ? null : { files, recording, isLostWithPage: false };
    },
  };
}

function named({ id, name, mediaType }: Named): Named {
  return { id, name, mediaType };
}

function nameOf(conversationId: number): string {
  return `chosen in ${conversationId}`;
}
