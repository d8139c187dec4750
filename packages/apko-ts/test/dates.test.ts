import { formatRfc3339, formatRfc3339Nano } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { buildDates, imageDate, indexDate } from '../src/image/dates.ts'

const NEWEST = 1_700_016_000
const NEWEST_TEXT = '2023-11-15T02:40:00Z'

describe('dates of an image whose newest package is of 2023-11-15T02:40:00Z', () => {
  test.each([
    { epoch: undefined, build: '', image: NEWEST_TEXT, index: NEWEST_TEXT, context: 0 },
    {
      epoch: '1600000000',
      build: '',
      image: '2020-09-13T12:26:40Z',
      index: '2020-09-13T12:26:40Z',
      context: 1600000000,
    },
    {
      epoch: '1600000000',
      build: '2021-02-03T04:05:06+02:00',
      image: '2020-09-13T12:26:40Z',
      index: '2021-02-03T04:05:06+02:00',
      context: 1600000000,
    },
    {
      epoch: undefined,
      build: '2021-02-03T04:05:06+02:00',
      image: NEWEST_TEXT,
      index: NEWEST_TEXT,
      context: 1612317906,
    },
    {
      epoch: undefined,
      build: '2031-02-03T04:05:06.5+02:00',
      image: '2031-02-03T04:05:06.5+02:00',
      index: '2031-02-03T04:05:06+02:00',
      context: 1927850706,
    },
    { epoch: '', build: '', image: '1970-01-01T00:00:00Z', index: '1970-01-01T00:00:00Z', context: 0 },
    { epoch: '  ', build: '', image: '1970-01-01T00:00:00Z', index: '1970-01-01T00:00:00Z', context: 0 },
  ])('epoch $epoch, build date $build', ({ epoch, build, image, index, context }) => {
    const dates = buildDates(build, { SOURCE_DATE_EPOCH: epoch })
    const ofImage = imageDate(dates, [1_600_000_001, NEWEST, 5])
    expect(formatRfc3339Nano(ofImage)).toBe(image)
    expect(formatRfc3339(indexDate(dates, [ofImage]))).toBe(index)
    expect(dates.context.seconds).toBe(context)
  })

  test.each(['x', ' 5', '5 ', '1.5', '1e3', '99999999999999999'])('refuses SOURCE_DATE_EPOCH %j', (epoch) => {
    expect(() => buildDates('', { SOURCE_DATE_EPOCH: epoch })).toThrow('SOURCE_DATE_EPOCH')
  })

  test.each(['2031-02-03', 'now', '1700000000'])('refuses the build date %j', (date) => {
    expect(() => buildDates(date, {})).toThrow(date)
  })
})
