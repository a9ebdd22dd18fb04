/**
 * The SDK has source-map-support map and copy every frame of every stack trace, and takes a trace for
 * each promise of each resource: a third of the program's time. Node runs this program with its lines
 * where they stand, so there is nothing to map.
 * https://nodejs.org/api/typescript.html#type-stripping
 */
Reflect.deleteProperty(Error, "prepareStackTrace");
