import { utf8 } from '@apkts/encoding'
import { type Artifact, buildArtifact } from '@apkts/oci'
import type { BuiltImages } from '../build/build-images.ts'
import type { OutputFile } from './stage-files.ts'

/** Media type of SPDX documents (IANA), by which tools find SBOMs among the referrers of an image. */
const SPDX_TYPE = 'application/spdx+json'

/** The documents of `imageSboms` as artifacts, each about its image, the last about the index. */
export function sbomArtifacts({ archs, index, created }: BuiltImages, documents: readonly OutputFile[]): Artifact[] {
  const subjects = [...archs.map(({ image }) => image.manifest), index.document]
  return documents.map(({ name, text }, i) =>
    buildArtifact({ type: SPDX_TYPE, bytes: utf8(text), title: name, subject: subjects[i]!, created }),
  )
}
