/** HEAD is GET without the body: https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api */
export function readsOnly(method: string): boolean {
  return method === "GET" || method === "HEAD";
}
