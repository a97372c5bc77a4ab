export { main } from "#main/edge.ts";
