import { describeBackEnd } from "./describe-back-end.ts";
import { startS3 } from "./start-s3.ts";

describeBackEnd("an S3 bucket", "versitygw", startS3);
