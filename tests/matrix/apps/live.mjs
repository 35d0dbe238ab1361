// Whether plangate/live finds its second file where the tool has put it: only then a stream is asked for.
import { live } from 'plangate/live';

import list from './list.mjs';

/** Makes a client and waits for its stream. Throws the client's error, or that nothing came. */
export async function goesLive({ createPlangate }) {
  let asked, refused;
  const streamed = new Promise((resolve, reject) => ([asked, refused] = [resolve, reject]));
  const fetch = async (url) => {
    if (!String(url).endsWith('/stream')) return Response.json(list);
    asked();
    return new Response(null, { status: 204 });
  };
  setTimeout(() => refused(new Error('plangate/live has asked for no stream')), 60_000);
  const gate = await createPlangate({ url: '/e', format: 'paygentic', fetch, onError: refused, use: [live()] });
  try {
    await streamed;
  } finally {
    gate.dispose();
  }
}
