export interface Release {
  id: number;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  author: string;
  createdAt: string;
  publishedAt: string | null;
  /** Whether it can be the latest release. */
  mayBeLatest: boolean;
  assets: ReleaseAsset[];
}

export interface ReleaseAsset {
  id: number;
  name: string;
  label: string | null;
  contentType: string;
  content: Uint8Array;
  uploader: string;
  downloads: number;
  createdAt: string;
  updatedAt: string;
}
