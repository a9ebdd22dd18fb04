import { StepFailure } from "../../action/known-action.ts";

/** The tokens of https://momentjs.com/docs/#/displaying/format/; `[…]` and everything else are literal. */
const TOKENS =
  /\[([^\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|DDDD|DDD|DD|Do|D|dddd|ddd|d|E|GGGG|WW|W|Q|HH|H|hh|h|mm|m|ss|s|SSS|A|a|ZZ|Z|X|x|[AaDdEeGgHhkLlMmNQSsWwXxYyZz]+/g;

/**
 * Formats a date like moment.js, which docker/metadata-action uses.
 * @param zone IANA name of the time zone
 * @throws StepFailure for tokens that the simulator does not know, and for an unknown zone
 */
export function formatDate(date: Date, format: string, zone: string): string {
  const values = tokensOf(date, wallClock(date, zone));
  return format.replaceAll(TOKENS, (token, literal?: string) => {
    if (literal !== undefined) return literal;
    const value = values[token];
    if (value === undefined) {
      throw new StepFailure(`the simulator does not know the date format ${token} in '${format}'`);
    }
    return value;
  });
}

/** The local time in the zone, as if it were UTC. */
function wallClock(date: Date, zone: string): Date {
  const fields = "year month day hour minute second fractionalSecondDigits".split(" ");
  try {
    const parts = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      ...Object.fromEntries(fields.slice(0, 6).map((field) => [field, "numeric"])),
      fractionalSecondDigits: 3,
    }).formatToParts(date);
    const read = (type: string) => Number(parts.find((part) => part.type === type)?.value);
    const [year, month, day] = [read("year"), read("month") - 1, read("day")];
    const [hour, minute, second] = [read("hour"), read("minute"), read("second")];
    return new Date(Date.UTC(year, month, day, hour, minute, second, read("fractionalSecond")));
  } catch {
    throw new StepFailure(`the simulator does not know the time zone ${zone}`);
  }
}

function tokensOf(date: Date, local: Date): Record<string, string> {
  const name = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" }).format(local);
  const pad = (value: number, length = 2) => String(value).padStart(length, "0");
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate()];
  const [hour, minute, second] = [
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
  ];
  const dayOfYear = Math.floor((local.getTime() - Date.UTC(year, 0, 1)) / DAY) + 1;
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  const offset = Math.round((local.getTime() - date.getTime()) / 60_000);
  const sign = offset < 0 ? "-" : "+";
  const [east, rest] = [pad(Math.floor(Math.abs(offset) / 60)), pad(Math.abs(offset) % 60)];
  const week = isoWeek(local);
  return {
    ...{ YYYY: pad(year, 4), YY: pad(year % 100), Q: String(Math.ceil(month / 3)) },
    ...{ M: String(month), MM: pad(month) },
    ...{ MMM: name({ month: "short" }), MMMM: name({ month: "long" }) },
    ...{ D: String(day), DD: pad(day), Do: ordinal(day) },
    ...{ DDD: String(dayOfYear), DDDD: pad(dayOfYear, 3) },
    ...{ d: String(local.getUTCDay()), E: String(local.getUTCDay() || 7) },
    ...{ ddd: name({ weekday: "short" }), dddd: name({ weekday: "long" }) },
    ...{ GGGG: pad(week.year, 4), W: String(week.week), WW: pad(week.week) },
    ...{ H: String(hour), HH: pad(hour), h: String(hour12), hh: pad(hour12) },
    ...{ m: String(minute), mm: pad(minute), s: String(second), ss: pad(second) },
    ...{ SSS: pad(local.getUTCMilliseconds(), 3) },
    ...{ A: hour < 12 ? "AM" : "PM", a: hour < 12 ? "am" : "pm" },
    ...{ Z: `${sign}${east}:${rest}`, ZZ: `${sign}${east}${rest}` },
    ...{ X: String(Math.floor(date.getTime() / 1000)), x: String(date.getTime()) },
  };
}

const DAY = 24 * 60 * 60 * 1000;

/** The week belongs to the year of its Thursday: https://en.wikipedia.org/wiki/ISO_week_date */
function isoWeek(local: Date): { year: number; week: number } {
  const thursday = new Date(local.getTime() + (4 - (local.getUTCDay() || 7)) * DAY);
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY / 7) + 1 };
}

function ordinal(day: number): string {
  const teen = day >= 11 && day <= 13;
  return `${day}${(teen ? undefined : ["st", "nd", "rd"][(day % 10) - 1]) ?? "th"}`;
}
