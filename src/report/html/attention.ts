import { statusChecks } from "../../operations/status/judge-status.ts";
import type { JudgedReport } from "../judged-report.ts";
import { repositoryLink } from "./repository-link.ts";
import { html, type Markup } from "./markup.ts";

/** How many items of one kind are shown at first; the rest is folded. */
const unfolded = 5;

type Crossing = JudgedReport["crossings"][number];

/** What a person has to look at, by kind, problems first. */
export function attention({ crossings, stacks }: JudgedReport): Markup {
  const groups = [...Map.groupBy(crossings, ({ check, severity }) => `${severity} ${check}`)];
  groups.sort(([, [a]], [, [b]]) => rank(a) - rank(b));
  return html`<section id="attention" aria-labelledby="attention-title">
    <h2 id="attention-title">Needs attention</h2>
    ${groups.length === 0 && html`<p class="empty g">Nothing.</p>`}
    ${
      groups.length > 0 &&
      html`<div class="groups">${groups.map(([, items]) => group(items, stacks.length > 1))}</div>`
    }
  </section>`;
}

/** Problems first; those of the fleet before those of single repositories. */
function rank(crossing: Crossing | undefined): number {
  if (!crossing) return 0;
  const order = statusChecks.indexOf(crossing.check);
  return crossing.severity === "problem" ? order : order + statusChecks.length;
}

const titles: Readonly<Record<Crossing["check"], string>> = {
  token: "The token is refused",
  "days-left": "The token expires soon",
  credential: "No credential",
  shadowed: "Another secret hides the fleet's",
  overwritten: "The secret was overwritten",
  shared: "What all repositories share was changed",
  age: "The secret is old",
  files: "Workflow files differ",
  ci: "CI fails",
  release: "Releases fail",
  package: "Package settings for a person",
  unread: "Could not be read",
};

function group(items: readonly Crossing[], named: boolean): Markup {
  const [first] = items;
  if (!first) return html``;
  const rest = items.slice(unfolded);
  const list = (part: readonly Crossing[]) =>
    html`<ul>
      ${part.map((crossing) => item(crossing, named))}
    </ul>`;
  return html`<article class="group ${first.severity}">
    <h3>${titles[first.check]} <span class="badge">${items.length}</span></h3>
    ${list(items.slice(0, unfolded))}
    ${
      rest.length > 0 &&
      html`<details>
        <summary>And ${rest.length.toLocaleString("en")} more</summary>
        ${list(rest)}
      </details>`
    }
  </article>`;
}

function item({ repository, stack, text, url }: Crossing, named: boolean): Markup {
  const who =
    repository === null
      ? html`<b>${named ? stack : "Fleet"}</b>`
      : html`${repositoryLink(stack, repository)}${named && html` <span class="soft">${stack}</span>`}`;
  return html`<li>
    ${who}
    ${text}${url !== null && html` <a class="open" href="${url}">Open<span class="sr"> on GitHub: ${repository ?? stack}</span></a>`}
  </li>`;
}
