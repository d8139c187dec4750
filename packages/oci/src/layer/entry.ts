import type { ContentRef, TarHeader } from '@apkts/archive'

/** One member of a layer's tar. The content has exactly as many bytes as the header says. */
export interface LayerEntry {
  readonly header: TarHeader
  readonly content: ContentRef
}
