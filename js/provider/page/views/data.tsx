// Everything at once: export, load a seed, begin anew.

import type { JSX } from 'react';

import { control } from '../api.js';
import { FormDialog, Text } from '../form.js';
import { Opener, View } from '../parts.js';

function Load({ close }: { readonly close: () => void }): JSX.Element {
  return (
    <FormDialog
      title="Load a seed"
      intro="It replaces everything: features, products, customers, time and events. Keys and the endpoints given at the start stay."
      submit="Replace everything"
      danger
      onClose={close}
      onSubmit={async ({ seed = '' }) => {
        await control('reset', seed);
        return 'The seed is loaded.';
      }}
    >
      <Text name="seed" label="Seed, YAML or JSON" lines={12} hint="What an export gives, or what you wrote." />
    </FormDialog>
  );
}

function Reset({ close }: { readonly close: () => void }): JSX.Element {
  return (
    <FormDialog
      title="Delete everything?"
      intro="Features, products, customers, subscriptions, events and the clock go back to nothing. Export first, if you want to come back."
      submit="Delete everything"
      danger
      onClose={close}
      onSubmit={async () => {
        await control('reset', undefined, 'POST');
        return 'Everything is gone. Begin with a feature.';
      }}
    />
  );
}

export function Data(): JSX.Element {
  return (
    <View title="Data" about="The whole state as one readable file: to keep, to share, to begin tests with.">
      <section className="card" aria-labelledby="export">
        <h2 id="export">Export</h2>
        <p className="soft">
          A seed that brings back what is here: <code>plangate dev --seed FILE</code> begins with it.
        </p>
        <div className="actions start">
          <a className="button quiet" href="/_plangate/export" download="plangate-seed.yaml">
            Export as YAML
          </a>
          <a className="button quiet" href="/_plangate/export?format=json" download="plangate-seed.json">
            Export as JSON
          </a>
        </div>
      </section>
      <section className="card" aria-labelledby="load">
        <h2 id="load">Begin anew</h2>
        <p className="soft">Other open dashboards follow at once.</p>
        <div className="actions start">
          <Opener label="Load a seed…" dialog={(close) => <Load close={close} />} />
          <Opener label="Delete everything…" dialog={(close) => <Reset close={close} />} />
        </div>
      </section>
    </View>
  );
}
