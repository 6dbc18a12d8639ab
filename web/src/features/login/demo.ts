export interface DemoUser {
  username: string;
  password: string;
  firstName: string;
  lastName: string;
  role: string;
}

/** The people of the demo clinic; nobody where this server is no demo, or does not answer: there is the form then. */
export async function demoUsers(signal: AbortSignal): Promise<readonly DemoUser[]> {
  try {
    const response = await fetch("/api/demo", { signal });
    if (!response.ok) return [];
    return ((await response.json()) as { users: DemoUser[] }).users;
  } catch {
    return [];
  }
}
