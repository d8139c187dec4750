import { join } from 'node:path'
import { placesOf, ROOT } from '../quickstart/places.mjs'

export const SELF = join(ROOT, 'examples/self')

/** The packages of the image that are made here, in the order in which they are built. */
export const RECIPES = ['nodejs', 'apko-ts', 'melange-ts']

/** Everything `npm run image:self` makes, below `.quickstart/self`. */
export function selfPlaces() {
  const places = placesOf('self')
  const { base } = places
  return {
    ...places,
    runtime: join(base, 'runtime'),
    sources: join(base, 'sources'),
    key: join(base, 'self.rsa'),
    image: join(base, 'self.tar'),
  }
}
