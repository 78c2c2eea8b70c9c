const basicFormat = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** `20130524T000000Z`, ISO 8601's basic format, to the second. */
export function formatAmzDate(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, "");
}

/** Undefined for anything but a real moment in the basic format: `20130231T000000Z` is none. */
export function parseAmzDate(text: string): Date | undefined {
  const extended = text.replace(basicFormat, "$1-$2-$3T$4:$5:$6Z");
  if (extended === text) return undefined;
  const date = new Date(extended);
  return !Number.isNaN(date.getTime()) && formatAmzDate(date) === text ? date : undefined;
}
