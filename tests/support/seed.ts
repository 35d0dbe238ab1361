// Where random tests begin. The same every time, so that a run fails for what was changed and not for its luck;
// PLANGATE_SEED=<number> repeats another run, PLANGATE_SEED=random looks further.
const GIVEN = process.env['PLANGATE_SEED'];

/** The seed of this run. A failing test tells it. */
export const seed = GIVEN === 'random' ? Date.now() % 2 ** 31 : Number(GIVEN ?? 20_261_121);
