// The panel's look. A constructed sheet: a Content-Security-Policy without 'unsafe-inline' has nothing against it.
const CSS = `
:host {
  --paper: #fbfcfa; --card: #ffffff; --ink: #14231f; --soft: #51625c; --line: #cfd8d3; --field: #6f817a;
  --accent: #0b5d57; --on-accent: #ffffff; --allowed: #0b5d57; --denied: #a03414;
  --mark: #ffcb52; --on-mark: #2a1c00; --tint: #fff3d3;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
  all: initial; color-scheme: light; position: fixed; inset: auto 12px 12px auto; z-index: 2147483000;
  font: 400 14px/1.45 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; color: var(--ink);
}
@media (prefers-color-scheme: dark) {
  :host {
    --paper: #10201c; --card: #182b26; --ink: #e8f1ec; --soft: #a7bab2; --line: #35493f; --field: #8aa096;
    --accent: #7fd6c2; --on-accent: #06211c; --allowed: #7fd6c2; --denied: #ff9f7d;
    --mark: #ffcb52; --on-mark: #2a1c00; --tint: #3b3217; color-scheme: dark;
  }
}
* , *::before { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, p, ul, ol, pre { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h2 { font-size: 15px; font-weight: 650; letter-spacing: -.01em; }
h3 { font-size: 13px; font-weight: 600; }
code, pre, time, .mono { font-family: var(--mono); font-size: 12px; }
button, select, input, textarea { font: inherit; color: inherit; }
button, select, input[type=search], textarea {
  min-height: 32px; border: 1px solid var(--field); border-radius: 6px; background: var(--card); padding: 4px 10px;
}
button { cursor: pointer; font-weight: 550; font-size: 13px; padding-inline: 9px; }
button:hover:not(:disabled), select:hover:not(:disabled) { border-color: var(--ink); }
:disabled { cursor: not-allowed; color: var(--soft); border-style: dashed; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.edge { position: fixed; inset: 0 0 auto; block-size: 6px; pointer-events: none;
  background: repeating-linear-gradient(-45deg, var(--mark) 0 12px, var(--on-mark) 12px 20px); }
.pill { display: flex; align-items: center; gap: 8px; min-height: 40px; border-radius: 20px; padding: 6px 16px;
  background: var(--paper); box-shadow: 0 4px 18px #0004; margin-inline-start: auto; }
.pill::before { content: ''; inline-size: 10px; block-size: 10px; border-radius: 50%; border: 2.5px solid var(--accent); }
.changed > .pill { background: var(--mark); color: var(--on-mark); border-color: var(--on-mark); }
.changed > .pill::before { border-color: var(--on-mark); background: var(--on-mark); }

.panel { display: flex; flex-direction: column; inline-size: 440px; max-inline-size: calc(100vw - 24px);
  block-size: min(720px, calc(100vh - 90px)); margin-block-end: 10px; overflow: hidden;
  background: var(--paper); border: 1px solid var(--line); border-radius: 14px; box-shadow: 0 16px 50px #0005; }
.head { display: flex; align-items: start; gap: 10px; padding: 14px 16px 10px; }
.head > div { flex: 1; min-inline-size: 0; }
.facts { color: var(--soft); font-size: 12.5px; overflow-wrap: anywhere; }
.banner { display: flex; align-items: center; gap: 10px; padding: 8px 16px; background: var(--mark); color: var(--on-mark); font-weight: 600; }
.banner span { flex: 1; }
.banner button { background: var(--on-mark); color: var(--mark); border-color: var(--on-mark); }
.banner :focus-visible { outline-color: var(--on-mark); }
.notice { padding: 8px 16px; background: var(--card); border-block: 1px solid var(--line); color: var(--soft); font-size: 13px; }
.body { flex: 1; min-block-size: 0; overflow-y: auto; overscroll-behavior: contain; padding: 2px 16px 16px; }
section { padding-block-start: 14px; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
.spread { justify-content: space-between; }
.time .moment { font-family: var(--mono); font-size: 12px; }
.time .ends { color: var(--soft); font-size: 12px; margin-block-end: 6px; }
.time input { inline-size: 100%; min-block-size: 28px; accent-color: var(--accent); margin: 4px 0; }
.filter { margin-block-start: 4px; }
.filter input { flex: 1 1 150px; min-inline-size: 0; }

.features { margin-block-start: 10px; display: grid; gap: 6px; }
.feature { border: 1px solid var(--line); border-radius: 9px; background: var(--card); padding: 7px 8px 5px 12px;
  border-inline-start: 4px solid var(--denied); }
.feature.allowed { border-inline-start-color: var(--allowed); }
.feature.overridden { background: var(--tint); border-inline-start-color: var(--mark); }
.feature .key { flex: 1 1 140px; min-inline-size: 0; overflow-wrap: anywhere; font-weight: 600; font-size: 13px; }
.feature .state { color: var(--denied); font-weight: 650; font-size: 13px; }
.feature.allowed .state { color: var(--allowed); }
.feature.overridden .state { color: var(--ink); }
.feature summary code { color: var(--ink); }
.feature.overridden summary { color: var(--ink); }
.feature summary + pre { margin-block-start: 6px; }
.feature select { font-size: 13px; padding: 2px 6px; }
.feature form { display: grid; gap: 6px; margin-block-start: 8px; }
textarea { inline-size: 100%; min-block-size: 74px; resize: vertical; font-family: var(--mono); font-size: 12px; }
.fault { color: var(--denied); font-weight: 600; font-size: 13px; }
summary { cursor: pointer; color: var(--soft); font-size: 12.5px; min-block-size: 24px; inline-size: fit-content; border-radius: 4px; }
section > details > summary { color: var(--ink); font-size: 13px; font-weight: 600; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 8px; border-radius: 6px; background: var(--paper); border: 1px solid var(--line); }
.recent { display: grid; gap: 1px; margin-block-start: 6px; }
.recent li { display: grid; grid-template-columns: 68px 1fr auto; gap: 8px; align-items: baseline; font-size: 12px;
  padding: 4px 0; border-block-end: 1px solid var(--line); }
.recent time { color: var(--soft); }
.recent code { overflow-wrap: anywhere; }
.foot { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 10px 16px; border-block-start: 1px solid var(--line); background: var(--card); }
.foot span { flex: 1; color: var(--soft); font-size: 12.5px; }

@media (max-width: 480px) {
  :host { inset-inline: 8px; inset-block-end: 8px; }
  .panel { inline-size: 100%; max-inline-size: none; block-size: min(560px, calc(100vh - 70px)); }
  .panel { overflow-y: auto; }
  .body { flex: none; overflow: visible; }
  .pill { inline-size: fit-content; }
}
@media (forced-colors: active) {
  .feature, .panel, .pill, .banner { border: 1px solid CanvasText; }
  .feature.overridden { border-inline-start: 8px double Highlight; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all panels of a page. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
