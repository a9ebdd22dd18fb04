/**
 * The last minute in a span of time at which a cron line is due, in UTC.
 * @param after milliseconds since 1970; this moment itself does not count
 * @param until the last moment that counts
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule
 */
export function lastDue(cron: string, after: number, until: number): number | undefined {
  const [minutes, hours, days, months, weekdays] = fieldsOf(cron);
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  // If both kinds of days are given, one match is enough.
  const isNamed = (date: Date) => {
    const byDay = days.values.has(date.getUTCDate());
    const byWeekday = weekdays.values.has(date.getUTCDay());
    const matches = days.isAny || weekdays.isAny ? byDay && byWeekday : byDay || byWeekday;
    return matches && months.values.has(date.getUTCMonth() + 1);
  };
  for (let day = startOfDay(until); day + DAY > after; day -= DAY) {
    if (!isNamed(new Date(day))) continue;
    for (let minute = DAY / MINUTE - 1; minute >= 0; minute -= 1) {
      const moment = day + minute * MINUTE;
      const named = hours.values.has(Math.floor(minute / 60)) && minutes.values.has(minute % 60);
      if (named && moment > after && moment <= until) return moment;
    }
  }
  return undefined;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function startOfDay(moment: number): number {
  return Math.floor(moment / DAY) * DAY;
}

interface Field {
  readonly values: ReadonlySet<number>;
  readonly isAny: boolean;
}

const monthNames = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const dayNames = "SUN MON TUE WED THU FRI SAT".split(" ");

/** Minutes, hours, days of the month, months and days of the week; fewer if the line is invalid. */
function fieldsOf(cron: string): Field[] {
  const texts = cron.trim().split(/\s+/);
  const ranges: readonly [low: number, high: number, names: readonly string[]][] = [
    [0, 59, []],
    [0, 23, []],
    [1, 31, []],
    [1, 12, ["", ...monthNames]],
    [0, 6, dayNames],
  ];
  if (texts.length !== ranges.length) return [];
  return ranges.map(([low, high, names], at) => {
    const text = texts[at] ?? "";
    const values = text.split(",").flatMap((part) => valuesOf(part, low, high, names));
    return { values: new Set(values), isAny: text.startsWith("*") };
  });
}

/** `*`, `5`, `MON`, `1-5`, and each of them with a step after a slash. */
function valuesOf(part: string, low: number, high: number, names: readonly string[]): number[] {
  const [range = "", step = "1"] = part.split("/");
  const number = (text: string) => {
    const named = names.indexOf(text.toUpperCase());
    return named >= 0 ? named : Number(text);
  };
  const [from = "", to] = range === "*" ? [String(low), String(high)] : range.split("-");
  const first = number(from);
  const last = to === undefined ? (part.includes("/") ? high : first) : number(to);
  const width = Number(step);
  if (![first, last, width].every(Number.isInteger) || width < 1) return [];
  const count = Math.max(0, Math.floor((Math.min(last, high) - first) / width) + 1);
  return Array.from({ length: count }, (_, index) => first + index * width);
}
