// Components with a test client around them: what the controls change is on the page when they resolve.
import '../bindings/support/dom.js';

import { render } from '@testing-library/react';
import { createElement } from 'react';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createApp, h } from 'vue';

import { Gate, useLimit } from '../../js/react/index.js';
import { acting, wrapperFor } from '../../js/testing/react.js';
import { pluginFor } from '../../js/testing/vue.js';
import { useFeature } from '../../js/vue/index.js';
import { entitlement } from '../../js/testing/features.js';
import { createTestPlangate, DAY } from './support.js';

it('React: renders what a scenario changes, without a word about act()', async () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
  const gate = await createTestPlangate({ features: { pro: entitlement({ endsIn: DAY }), seats: { limit: 5 } } });
  const test = acting(gate);
  const Seats = () => `seats: ${useLimit('seats', 'limit', { used: 5 }).reason}`;
  const tree = createElement(
    'div',
    {},
    createElement(Gate, { feature: 'pro', fallback: 'locked, ' }, 'open, '),
    createElement(Seats),
  );
  const { container: host, unmount } = render(tree, { wrapper: wrapperFor(gate) });
  onTestFinished(unmount);
  expect(host.textContent).toBe('open, seats: LIMIT_REACHED');
  await test.trialEnd('pro');
  expect(host.textContent).toBe('locked, seats: LIMIT_REACHED');
  await test.set({ seats: { limit: 9 } });
  expect(host.textContent).toBe('locked, seats: GRANTED');
  expect([test.clock, test.requests]).toEqual([gate.test.clock, 1]);
  const request = await test.webhook({ provider: 'stripe', secret: 'whsec_test' });
  expect(request.headers.get('stripe-signature')).toMatch(/^t=\d+,v1=/);
  await expect(test.trialEnd('seats')).rejects.toThrow('Nothing of "seats" changes with time.');
  expect(complaints.mock.calls).toEqual([]);
  complaints.mockRestore();
});

it('Vue: renders what a scenario changes', async () => {
  const gate = await createTestPlangate({ features: { pro: true } });
  const Page = {
    setup() {
      const pro = useFeature('pro');
      return () => h('p', pro.value ? 'open' : 'locked');
    },
  };
  const host = document.body.appendChild(document.createElement('div'));
  const app = createApp(Page).use(pluginFor(gate));
  app.mount(host);
  onTestFinished(() => app.unmount());
  expect(host.textContent).toBe('open');
  await gate.test.downgrade({});
  expect(host.textContent).toBe('locked');
});
