import { brokenRules, type Policies, type Policy } from "../fleet-report.ts";
import { link, html, section, type Markup } from "./markup.ts";
import { repositoryLink } from "./repository-link.ts";
import { count } from "../../format-text.ts";

/** The policy rules for the workflow files as they are on GitHub: broken rules first, each with its fix. */
export function policyResults(policies: Policies | null): Markup | false {
  if (policies === null) return false;
  if (policies.files === 0)
    return section("policies", "Policy rules", html`<p class="empty">No file could be judged.</p>`);
  const broken = brokenRules(policies);
  const kept = policies.rules.filter(({ violations }) => violations.length === 0);
  return section(
    "policies",
    "Policy rules",
    html`<p class="soft">
        ${count(policies.rules.length, "rule")} on ${count(policies.files, "workflow file")}, as
        they are on their branches. ${broken.length === 0 ? "All hold." : brokenWords(broken)}
      </p>
      ${broken.map(brokenRule)}
      ${
        kept.length > 0 &&
        html`<details ${broken.length === 0 && "open"}>
          <summary>${count(kept.length, "rule")} that hold${kept.length === 1 ? "s" : ""}</summary>
          <ul class="rules">
            ${kept.map(
              ({ id, description, source }) =>
                html`<li class="g"><code>${id}</code> ${description} ${link("Why", source)}</li>`,
            )}
          </ul>
        </details>`
      }`,
  );
}

/**
 * One that is broken at both levels counts once, as mandatory. Says why a preview does not list these: it judges what the
 * update writes.
 */
function brokenWords(broken: readonly Policy[]): string {
  const mandatory = new Set(broken.flatMap(({ id, level }) => (level === "mandatory" ? id : [])));
  const advisory = new Set(broken.map(({ id }) => id)).size - mandatory.size;
  const parts = [
    ...(mandatory.size > 0 ? [`${mandatory.size} mandatory`] : []),
    ...(advisory > 0 ? [`${advisory} advisory`] : []),
  ];
  return `${parts.join(" and ")} broken. An update is judged by the files that it writes, and what is broken in people's files does not stop it.`;
}

function brokenRule(rule: Policy): Markup {
  const { id, level, severity, description, remediation, source, violations } = rule;
  return html`<details class="rule ${level}" open>
    <summary>
      <code>${id}</code> ${description}
      <span class="badge">${violations.length}</span>
      <span class="soft">${level}, ${severity}</span>
    </summary>
    <p>${remediation} ${link("Why", source)}</p>
    <ul>
      ${violations.map(
        ({ stack, repository, path, line, message, url }) =>
          html`<li>
            ${repositoryLink(stack, repository)} ${link(`${path}:${line}`, url)} ${message}
          </li>`,
      )}
    </ul>
  </details>`;
}
