// All that pages call: a description in Vega-Lite's words becomes a drawing, and no text becomes code.
import { parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile } from "vega-lite";

globalThis.vegaCharts = { View, compile, expressionInterpreter, parse };
