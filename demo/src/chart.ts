// The product's own page: a chart whose forecast and alerts are features. Depth lines are drawn like those of a sea chart.
import type { PlangateClient } from 'plangate';

import { byId, fill, h, icon, s } from './dom.js';
import { number } from './format.js';
import type { AskUpgrade } from './tiles.js';

/** Thousands of events on each of the last thirty days, and what a forecast says of the next ten. Sample data. */
const PAST = [
  31, 34, 36, 35, 29, 24, 27, 38, 41, 43, 42, 36, 30, 33, 45, 48, 51, 49, 43, 12, 37, 52, 55, 58, 57, 49, 42, 46, 60,
  63,
];
const AHEAD = [65, 64, 57, 49, 53, 68, 71, 74, 72, 64];
const UNUSUAL = 19;
const HEIGHT = 100;
const TOP = 84;
const DAYS = PAST.length + AHEAD.length - 1;

const x = (dayIndex: number): number => (dayIndex / DAYS) * 1000;
const y = (thousands: number): number => HEIGHT - (thousands / TOP) * HEIGHT;

/** The slope of the line at each day: level at peaks and troughs, so that the curve never overshoots them. */
const slopes = (points: readonly number[]): number[] =>
  points.map((point, i) => {
    const [before, after] = [point - (points[i - 1] ?? point), (points[i + 1] ?? point) - point];
    return before * after > 0 ? (2 * before * after) / (before + after) : 0;
  });

/** A curve through the days, sunk by so much. */
function curve(days: readonly number[], from: number, sink = 0): string {
  const points = days.map((value) => Math.min(HEIGHT, y(value) + sink));
  const slope = slopes(points);
  const third = x(1) / 3;
  return points
    .map((point, i) => {
      const at = x(from + i);
      if (i === 0) return `M${at} ${point}`;
      const left = (points[i - 1] ?? 0) + (slope[i - 1] ?? 0) / 3;
      return `C${at - 2 * third} ${left} ${at - third} ${point - (slope[i] ?? 0) / 3} ${at} ${point}`;
    })
    .join('');
}

const depth = (sink: number): string => `${curve(PAST, 0, sink)}L${x(PAST.length - 1)} ${HEIGHT}L0 ${HEIGHT}Z`;

function drawing(forecast: boolean): SVGSVGElement {
  const last = PAST.length - 1;
  return s(
    'svg',
    { viewBox: `0 0 1000 ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ...[0, 16, 32, 48].map((sink) => s('path', { class: 'depth', d: depth(sink) })),
    s('path', { class: 'past', d: curve(PAST, 0) }),
    forecast && s('path', { class: 'ahead', d: curve([PAST[last] ?? 0, ...AHEAD], last) }),
  );
}

/** A mark at a day, in percent of the chart, since text must not stretch with the drawing. */
function mark(name: string, dayIndex: number, thousands: number, ...children: (Node | string)[]): HTMLElement {
  const element = h('span', { class: name }, ...children);
  element.style.setProperty('--x', String(dayIndex / DAYS));
  element.style.setProperty('--y', String(thousands / TOP));
  return element;
}

function lockedForecast(askUpgrade: AskUpgrade): HTMLElement {
  const button = h(
    'button',
    { type: 'button', class: 'link', onclick: () => askUpgrade(['forecasting'], 'Forecasting') },
    'How to unlock',
    h('span', { class: 'unseen' }, ' the forecast'),
  );
  return h('div', { class: 'fog' }, h('p', {}, icon('locked'), 'Forecast'), button);
}

const shown: { state?: string } = {};

/** Draws the chart with what the customer may see of it. */
export function showChart(gate: PlangateClient, askUpgrade: AskUpgrade): void {
  const forecast = gate.hasFeature('forecasting');
  const alerts = gate.hasFeature('anomaly_alerts');
  const state = `${forecast} ${alerts}`;
  if (shown.state === state) return;
  shown.state = state;
  const today = PAST.length - 1;
  const summary = `${number(PAST[today] ?? 0)} thousand events today${forecast ? `, ${number(AHEAD.at(-1) ?? 0)} thousand expected in ten days` : ''}${alerts ? '; eleven days ago was unusually low' : ''}.`;
  fill(
    byId('chart'),
    h(
      'figure',
      { class: 'chart', 'data-forecast': String(forecast), 'data-alerts': String(alerts) },
      h('figcaption', {}, summary),
      h(
        'div',
        { class: 'plot' },
        drawing(forecast),
        mark('today', today, PAST[today] ?? 0, h('b', {}, `${PAST[today]}k`)),
        alerts && mark('unusual', UNUSUAL, PAST[UNUSUAL] ?? 0, h('b', {}, 'Unusual')),
        !forecast && lockedForecast(askUpgrade),
      ),
      h(
        'p',
        { class: 'axis', 'aria-hidden': 'true' },
        h('span', {}, '−30 days'),
        h('span', {}, 'today'),
        h('span', {}, '+10'),
      ),
    ),
  );
}
