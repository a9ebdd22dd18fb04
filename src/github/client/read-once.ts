/** What is read for a key, once; a failed read may be repeated. */
export function readOnce<Key, T>(
  known: Map<Key, Promise<T>>,
  key: Key,
  read: () => Promise<T>,
): Promise<T> {
  const found = known.get(key) ?? read();
  known.set(key, found);
  found.catch(() => known.delete(key));
  return found;
}
