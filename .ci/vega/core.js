// Vega without maps, trees, forces and clouds of words, which no chart of a page has.
import { transforms } from "vega-dataflow";
import * as encode from "vega-encode";
import * as basic from "vega-transforms";
import { extend } from "vega-util";
import * as views from "vega-view-transforms";

extend(transforms, basic, views, encode);

export { parse } from "vega-parser";
export * from "vega-util";
export { View } from "vega-view";
