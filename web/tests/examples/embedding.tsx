import { ColloqueProvider, MessagingButton } from "colloque-web/react";

const token = async () => (await fetch("/my-api/colloque-token")).text();

export function Prescription({ id, title }: { id: string; title: string }) {
  return (
    <ColloqueProvider url="https://messages.hospital.example" token={token} language="fr">
      <h2>{title}</h2>
      <MessagingButton contextType="ordonnance" contextId={id} contextTitle={title} />
    </ColloqueProvider>
  );
}
