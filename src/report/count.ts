/** "1 day", "3 days", "2 repositories". */
export function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  const plural = noun.endsWith("y") && !/[aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ie` : noun;
  return `${number.toLocaleString("en")} ${plural}s`;
}
