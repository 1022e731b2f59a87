import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"Documentation","description":"","frontmatter":{},"headers":[],"relativePath":"index.md","filePath":"README.md"}',
);
const _sfc_main = { name: "index.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="documentation" tabindex="-1">Documentation <a class="header-anchor" href="#documentation" aria-label="Permalink to &quot;Documentation&quot;">​</a></h1><p><strong>Start</strong>: <a href="./start.html">start</a> · <a href="./overview.html">overview</a> · <a href="./guarantees.html">guarantees</a></p><p><strong>Concepts</strong>: <a href="./concepts/two-phase.html">two-phase</a> · <a href="./concepts/axes-and-caps.html">axes and caps</a> · <a href="./concepts/overage.html">overage</a> · <a href="./concepts/windows.html">windows</a> · <a href="./concepts/hierarchy.html">hierarchy</a></p><p><strong>Guides</strong></p><ul><li>Calls: <a href="./guides/metering.html">metering</a> · <a href="./guides/bounds.html">how much a call can cost</a> · <a href="./guides/media.html">images, sound, tools with a fee</a> · <a href="./guides/prices.html">prices</a> · <a href="./guides/fan-out.html">fan-out</a></li><li>SDKs: <a href="./guides/sdks/openai.html">OpenAI</a> · <a href="./guides/sdks/anthropic.html">Anthropic</a> · <a href="./guides/sdks/bedrock.html">Bedrock</a> · <a href="./guides/sdks/google.html">Google</a> · <a href="./guides/sdks/ai-sdk.html">AI SDK</a> · <a href="./guides/sdks/langchain.html">LangChain</a> · <a href="./guides/sdks/opentelemetry.html">OpenTelemetry</a></li><li>Programs: <a href="./guides/command-line.html">command line</a> · <a href="./guides/agents.html">coding agents</a></li><li>Sharing a budget: <a href="./guides/threads.html">worker threads</a> · <a href="./guides/choosing-a-store.html">choosing a store</a> · <a href="./guides/edge.html">the edge</a> · <a href="./guides/failure-modes.html">failure modes</a></li><li><a href="./guides/testing.html">Testing your code</a></li></ul><p><strong>Reference</strong>: <a href="./reference/api/README.html">API</a> · <a href="./reference/cli.html">command line</a> · <a href="./reference/config.html">configuration</a> · <a href="./reference/errors.html">errors</a> · <a href="./reference/routes.html">routes</a> · <a href="./reference/glossary.html">glossary</a></p><p><strong>Internals</strong>: <a href="./internals/state-machine.html">the rules</a> · <a href="./internals/failures.html">failures and invariants</a> · <a href="./internals/stores.html">stores</a> · <a href="./internals/shared-memory.html">shared memory</a> · <a href="./internals/testing.html">testing</a> · <a href="./internals/benchmarks.html">benchmarks</a> · <a href="./internals/writing.html">writing</a> · <a href="./decisions/README.html">decisions</a></p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("README.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const README = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, README as default };
