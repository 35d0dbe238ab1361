// Where cached lists can be kept. A store may fail in any way: the cache goes on without it.

/** Keeps texts by key. Answers at once or later. */
export interface CacheStore {
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  set(key: string, text: string): unknown;
  delete(key: string): unknown;
}

/** localStorage (5 MB for each origin), or another area: `webStorage(() => sessionStorage)`. */
export const webStorage = (area: () => Storage = () => localStorage): CacheStore => ({
  // Asked for at each use: where storage is switched off, the very name throws.
  get: (key) => area().getItem(key),
  set: (key, text) => area().setItem(key, text),
  delete: (key) => area().removeItem(key),
});

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** IndexedDB: room for large lists, and nothing waits for the disk. Answers a moment later than localStorage. */
export function indexedDb(name = 'plangate'): CacheStore {
  let opening: Promise<IDBDatabase> | undefined;
  const open = (): Promise<IDBDatabase> => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('lists');
    // Closed by the browser, or a newer version waits: the next use opens it again.
    return settled(request).then((database) => {
      database.onclose = () => (opening = undefined);
      database.onversionchange = () => {
        database.close();
        opening = undefined;
      };
      return database;
    });
  };
  const use = async <T>(mode: IDBTransactionMode, act: (lists: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    opening ??= open();
    try {
      const database = await opening;
      return await settled(act(database.transaction('lists', mode).objectStore('lists')));
    } catch (thrown) {
      opening = undefined;
      throw thrown;
    }
  };
  return {
    get: (key) => use<string | undefined>('readonly', (lists) => lists.get(key) as IDBRequest<string | undefined>),
    set: (key, text) => use('readwrite', (lists) => lists.put(text, key)),
    delete: (key) => use('readwrite', (lists) => lists.delete(key)),
  };
}
