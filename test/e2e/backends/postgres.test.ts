import { describeBackEnd } from "./describe-back-end.ts";
import { startPostgres } from "./start-postgres.ts";

describeBackEnd("PostgreSQL", "postgres", startPostgres);
