// The application's own list of what it gates: keys as in the billing system, words as the product says them.

/** The billing system that a customer is charged by. */
export type Billing = 'stripe' | 'paygentic';

const FEATURES = [
  ['dashboards', 'Dashboards', 'Boards that refresh themselves', 'Explore', 's'],
  ['journeys', 'Journeys', 'Paths people take, screen by screen', 'Explore', 's'],
  ['funnels', 'Funnels', 'Where they leave', 'Explore', 's'],
  ['retention', 'Retention', 'Who comes back, week by week', 'Explore', 's'],
  ['cohorts', 'Cohorts', 'Groups that share a beginning', 'Explore', 's'],
  ['segments', 'Segments', 'Filters worth a name', 'Explore', 's'],
  ['annotations', 'Annotations', 'Notes pinned to a day', 'Explore', 's'],
  ['forecasting', 'Forecasting', 'The next ten days, drawn in', 'Explain', 'sp'],
  ['anomaly_alerts', 'Anomaly alerts', 'Word of an unusual day', 'Explain', 'sp'],
  ['session_replay', 'Session replay', 'A visit, as it went', 'Explain', 's'],
  ['heatmaps', 'Heatmaps', 'Where hands and eyes rest', 'Explain', 's'],
  ['experiments', 'Experiments', 'Two versions, one answer', 'Explain', 's'],
  ['custom_events', 'Custom events', 'Your own things to count', 'Explain', 's'],
  ['csv_export', 'CSV export', 'Rows, for a spreadsheet', 'Share', 's'],
  ['shared_links', 'Shared links', 'A board for those outside', 'Share', 's'],
  ['scheduled_reports', 'Scheduled reports', 'Monday at nine', 'Share', 's'],
  ['embeds', 'Embeds', 'Charts on your own pages', 'Share', 's'],
  ['slack_digest', 'Slack digest', 'Yesterday in one message', 'Share', 's'],
  ['api_calls', 'API calls', 'Questions asked by machines', 'Connect', 'p'],
  ['storage_quota', 'Storage', 'Files kept beside the data', 'Connect', 'p'],
  ['api_access', 'API access', 'Questions asked by machines', 'Connect', 's'],
  ['webhooks', 'Webhooks', 'A call when a number moves', 'Connect', 's'],
  ['warehouse_sync', 'Warehouse sync', 'Tables, every hour', 'Connect', 's'],
  ['sdk_proxy', 'SDK proxy', 'Events by way of your domain', 'Connect', 's'],
  ['max_users', 'Seats', 'People who may sign in', 'Govern', 'p'],
  ['roles', 'Roles', 'Who may change what', 'Govern', 's'],
  ['sso_enabled', 'Single sign-on', 'Your identity provider decides', 'Govern', 'sp'],
  ['premium_support', 'Premium support', 'An engineer within the hour', 'Govern', 'p'],
  ['audit_log', 'Audit log', 'Every change, with its author', 'Govern', 'sp'],
  ['data_residency', 'Data residency', 'Rows that stay in their region', 'Govern', 's'],
  ['white_label', 'White label', 'Your name where ours is', 'Govern', 's'],
  ['legal_hold', 'Legal hold', 'Nothing is deleted until you say', 'Govern', 's'],
] as const;

type Key = (typeof FEATURES)[number][0];
type WithConfig = 'storage_quota' | 'max_users';

declare module 'plangate' {
  // Typed keys for the whole application: a misspelt one does not compile.
  interface PlangateFeatures extends Record<Exclude<Key, WithConfig>, true> {
    storage_quota: { limitGB: number; allowedFileTypes: string[] };
    max_users: { limit: number };
  }
}

/** A gated feature of the product. */
export interface Feature {
  readonly key: Key;
  readonly title: string;
  readonly blurb: string;
  readonly group: string;
}

/** The features sold by way of a billing system. */
export function featuresOf(billing: Billing): Feature[] {
  return FEATURES.filter(([, , , , sold]) => sold.includes(billing.charAt(0))).map(([key, title, blurb, group]) => ({
    key,
    title,
    blurb,
    group,
  }));
}

/** What the product calls a feature. */
export const titleOf = (key: string): string => FEATURES.find((feature) => feature[0] === key)?.[1] ?? key;
