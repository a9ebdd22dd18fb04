import type { JudgedReport } from "../judged-report.ts";
import { html, section, type Markup } from "./markup.ts";
import { repositoryLink } from "./repository-link.ts";
import { count } from "../../format-text.ts";

/** What only a person can set for packages, each with its page; done items are gone in the next report. */
export function packageChecklist({ repositories }: JudgedReport): Markup {
  const findings = repositories.flatMap(({ status, fleet }) =>
    status.package.findings.map((finding) => ({ ...finding, name: status.name, fleet })),
  );
  const of = (wanted: string) => findings.filter(({ state }) => state === wanted);
  const open = [...of("problem"), ...of("manual"), ...of("unknown")];
  const unread = repositories.filter(({ status }) => status.package.findings.length === 0).length;
  return section(
    "packages",
    "Package checklist",
    html`<p class="soft">
        GitHub lets only a person set a package's visibility, link and grants.
        ${of("ok").length.toLocaleString("en")} checks are fine,
        ${of("pending").length.toLocaleString("en")} come with the first push.
      </p>
      ${unread > 0 && html`<p class="empty w">${count(unread, "package")} could not be read.</p>`}
      ${
        open.length + unread === 0 &&
        html`<p class="empty g">Nothing is left for a person to do.</p>`
      }
      ${
        open.length > 0 &&
        html`<ul class="checklist" aria-label="${count(open.length, "task")}">
          ${open.map(
            ({ name, fleet, state, text, url }) =>
              html`<li class="${state === "problem" ? "b" : "w"}">
                ${repositoryLink(fleet.stack, name)} ${text}
                ${
                  url !== null &&
                  html`<a class="open" href="${url}"
                    >Open settings<span class="sr"> of ${name}</span></a
                  >`
                }
              </li>`,
          )}
        </ul>`
      }`,
  );
}
