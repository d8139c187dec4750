/** A licence and phrases that its text has, or must not have, once case and white space are evened out. */
interface Signature {
  readonly id: string
  readonly has: readonly string[]
  readonly hasNot?: readonly string[]
}

const SIGNATURES: readonly Signature[] = [
  { id: 'AGPL-3.0', has: ['gnu affero general public license', 'version 3, 19 november 2007'] },
  { id: 'LGPL-3.0', has: ['gnu lesser general public license version 3, 29 june 2007'] },
  { id: 'LGPL-2.1', has: ['gnu lesser general public license version 2.1, february 1999'] },
  { id: 'LGPL-2.0', has: ['gnu library general public license version 2, june 1991'] },
  { id: 'GPL-3.0', has: ['gnu general public license version 3, 29 june 2007'] },
  { id: 'GPL-2.0', has: ['gnu general public license version 2, june 1991'] },
  { id: 'Apache-2.0', has: ['apache license version 2.0, january 2004', 'terms and conditions for use, reproduction'] },
  { id: 'MPL-2.0', has: ['mozilla public license version 2.0', '1.1. "contributor"'] },
  { id: 'EPL-2.0', has: ['eclipse public license - v 2.0'] },
  { id: 'BSL-1.0', has: ['boost software license - version 1.0'] },
  { id: 'CC0-1.0', has: ['cc0 1.0 universal', 'statement of purpose'] },
  { id: 'OFL-1.1', has: ['sil open font license version 1.1'] },
  { id: 'Artistic-2.0', has: ['the artistic license 2.0'] },
  { id: 'Unlicense', has: ['this is free and unencumbered software released into the public domain'] },
  {
    id: 'Zlib',
    has: [
      "provided 'as-is', without any express or implied warranty",
      'altered source versions must be plainly marked',
    ],
  },
  {
    id: 'BSD-4-Clause',
    has: ['redistribution and use in source and binary forms', 'all advertising materials mentioning'],
  },
  {
    id: 'BSD-3-Clause',
    has: ['redistribution and use in source and binary forms', 'may be used to endorse or promote products'],
    hasNot: ['all advertising materials mentioning'],
  },
  {
    id: 'BSD-2-Clause',
    has: ['redistribution and use in source and binary forms', 'redistributions in binary form must reproduce'],
    hasNot: ['may be used to endorse or promote products', 'all advertising materials mentioning'],
  },
  {
    id: 'ISC',
    has: [
      'distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright',
    ],
  },
  {
    id: '0BSD',
    has: ['distribute this software for any purpose with or without fee is hereby granted.'],
  },
  {
    id: 'MIT',
    has: [
      'permission is hereby granted, free of charge, to any person obtaining a copy',
      'the software is provided "as is"',
    ],
  },
]

/** The licence whose text this is, by phrases that only it has; undefined when none or several fit. */
export function identifyLicense(text: string): string | undefined {
  const even = text
    .toLowerCase()
    .replace(/[“”]/g, '"')
    .replace(/[‘’`]/g, "'")
    .replace(/[*#;/]+\s/g, ' ')
    .replace(/\s+/g, ' ')
  const fitting = SIGNATURES.filter(
    ({ has, hasNot = [] }) =>
      has.every((phrase) => even.includes(phrase)) && !hasNot.some((phrase) => even.includes(phrase)),
  )
  return fitting.length === 1 ? fitting[0]!.id : undefined
}
