export function startDemo(): Promise<{ url: string; stripe: string; paygentic: string; stop: () => Promise<void> }>;
