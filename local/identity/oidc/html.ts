import { escapeXml } from "../../gateway/xml.ts";

/** Markup that is known to be safe. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Markup from a template: every value in it is escaped, in text and in quoted attributes alike, unless it is Html itself. */
export function html(parts: TemplateStringsArray, ...values: (string | Html | undefined)[]): Html {
  return new Html(String.raw({ raw: parts }, ...values.map((value) => render(value))));
}

function render(value: string | Html | undefined): string {
  return value instanceof Html ? value.text : escapeXml(value ?? "");
}
