import type { JsonObject, JsonValue } from '../engine/types.js';

/**
 * The application's features, for typed keys and configs. Empty: any string is a key. Fill it by declaration merging:
 *
 *     declare module 'plangate' {
 *       interface PlangateFeatures { 'sso': true; 'storage-quota': { limitGB: number } }
 *     }
 */
export interface PlangateFeatures {}

/** A feature key: one of PlangateFeatures, or any string when that is empty. */
export type FeatureKey = keyof PlangateFeatures extends never ? string : keyof PlangateFeatures & string;

/** The config of a feature as PlangateFeatures declares it. */
export type ConfigOf<K extends string> = K extends keyof PlangateFeatures
  ? PlangateFeatures[K] extends object
    ? Readonly<PlangateFeatures[K]>
    : JsonObject
  : JsonObject;

/** Names of the config's fields. */
export type FieldOf<K extends string> = keyof ConfigOf<K> & string;

/** What a config field can hold. */
export type ValueOf<K extends string, F extends FieldOf<K>> = NonNullable<ConfigOf<K>[F]>;

type Widen<T> = T extends number ? number : T extends string ? string : T extends boolean ? boolean : T;

/** What value() answers: the declared type, else the fallback's. */
export type ValueAnswer<K extends string, F extends FieldOf<K>, T> =
  NonNullable<JsonValue> extends ValueOf<K, F> ? Widen<T> : ValueOf<K, F>;
