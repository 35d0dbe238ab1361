/** Who is signed in: here a cookie says it, in an application its session does. */
export const customerOf = (cookie: string | null): string | null =>
  /(?:^|; )customer=([\w-]+)/.exec(cookie ?? '')?.[1] ?? null;
