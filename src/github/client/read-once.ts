/** What is read for a key, once; a failed read may be repeated. */
export function readOnce<Key, T>(
  known: Map<Key, Promise<T>>,
  key: Key,
  read: () => Promise<T>,
): Promise<T> {
  const found = known.get(key);
  if (found) return found;
  const reading = read();
  known.set(key, reading);
  reading.catch(() => known.delete(key));
  return reading;
}
