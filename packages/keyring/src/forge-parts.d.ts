// Each part of node-forge adds itself to the one object that `lib/forge.js` exports.
declare module 'node-forge/lib/forge.js' {
  import forge from 'node-forge'
  export default forge
}
declare module 'node-forge/lib/asn1.js'
declare module 'node-forge/lib/pem.js'
