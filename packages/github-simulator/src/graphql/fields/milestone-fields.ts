import { nodeId } from "../../serializers/node-id.ts";
import { repositoryHtmlUrl } from "../../serializers/repository.ts";
import type { Milestone } from "../../world/discussions/milestones.ts";
import type { Repository } from "../../world/state/state.ts";
import { authorNode } from "./issue-fields.ts";
import type { Resolvers } from "../core/resolver.ts";

export const milestoneFields: Resolvers<{ repository: Repository; milestone: Milestone }> = {
  id: ({ repository, milestone }) => nodeId("Milestone", repository.id, milestone.number),
  number: ({ milestone }) => milestone.number,
  title: ({ milestone }) => milestone.title,
  description: ({ milestone }) => milestone.description,
  state: ({ milestone }) => milestone.state.toUpperCase(),
  closed: ({ milestone }) => milestone.state === "closed",
  closedAt: ({ milestone }) => milestone.closedAt,
  createdAt: ({ milestone }) => milestone.createdAt,
  updatedAt: ({ milestone }) => milestone.updatedAt,
  dueOn: ({ milestone }) => milestone.dueOn,
  creator: ({ milestone }, _, context) => authorNode(milestone.creator, context),
  repository: ({ repository }) => ({ type: "Repository", repository }),
  url: ({ repository, milestone }) =>
    `${repositoryHtmlUrl(repository)}/milestone/${milestone.number}`,
  resourcePath: ({ repository, milestone }) =>
    `/${repository.owner}/${repository.name}/milestone/${milestone.number}`,
};
