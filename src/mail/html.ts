/** HTML that is safe to send: what was put into it is text, or HTML of ours. */
export interface Html {
  readonly html: string;
}

/** html`<p>${text}</p>`: text that is put in is escaped, lists are put one behind the other. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: parts.map((part, index) => part + written(values[index])).join("") };
}

export type HtmlValue = string | Html | readonly Html[] | undefined;

function written(value: HtmlValue): string {
  if (value === undefined) return "";
  if (typeof value === "string") return escaped(value);
  return "html" in value ? value.html : value.map((one) => one.html).join("");
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
