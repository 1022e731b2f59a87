import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0056 Caches are trusted for a minute, on request","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0056-trusted-caches.md","filePath":"decisions/0056-trusted-caches.md"}',
);
const _sfc_main = { name: "decisions/0056-trusted-caches.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0056-caches-are-trusted-for-a-minute-on-request" tabindex="-1">0056 Caches are trusted for a minute, on request <a class="header-anchor" href="#_0056-caches-are-trusted-for-a-minute-on-request" aria-label="Permalink to &quot;0056 Caches are trusted for a minute, on request&quot;">​</a></h1><p><strong>Context.</strong> With every call counted exactly, a dollar still ends at 60 % with Claude Code: what is missing is one write of the whole context to Anthropic&#39;s cache, for $0.30 to $1, which nearly every call turns out not to need.</p><p><strong>Decision.</strong> <code>cacheReads: &quot;expected&quot;</code> holds what Anthropic has reported to be cached at the price of a read, for <code>cacheTrustMs</code> (60 seconds) after the report. Only for the same account, model and settings, only where the request marks a cache, not when twenty blocks or more were added (Anthropic looks back over twenty) or the first image, and not where the meter has changed how the model is to think. <code>token-budget run</code> uses it unless <code>--strict</code>, for two minutes. It is off in <code>meteredFetch</code>: a cap is unconditional unless you say otherwise. Implicit caches of other providers are not trusted (89 % and 72 % whole).</p><p><strong>Measured</strong>, on 25,149 recorded calls within a minute of the one they extend: 98.9 % of the caches are whole. A shortfall cannot be foreseen. In 615 simulated runs with caps of $1 to $20, 4 passed their cap, by 8 % at most; trusted for 30 seconds none; for the cache&#39;s whole lifetime 27, by 38 %.</p><p>Through the real meter, as <code>run</code> uses it (280 runs of Claude Code at $1, 140 at $5; <code>npm run bench:sessions -- --trust MS</code>):</p><table tabindex="0"><thead><tr><th>trusted for</th><th>$1</th><th>$5</th><th>bills above the cap</th></tr></thead><tbody><tr><td>30 s</td><td>83 %, 53 %</td><td>92 %, 80 %</td><td>2, by 9.1 % at most</td></tr><tr><td>a minute</td><td>88 %, 56 %</td><td>92 %, 80 %</td><td>2, by 8.1 %</td></tr><tr><td>90 s</td><td>90 %, 58 %</td><td>94 %, 80 %</td><td>2, by 9.7 %</td></tr><tr><td>two minutes</td><td>89 %, 61 %</td><td>97 %, 81 %</td><td>3, by 9.7 %</td></tr><tr><td>five</td><td>92 %, 66 %</td><td>98 %, 83 %</td><td>8, by 32 %</td></tr></tbody></table><p>Between 30 seconds and two minutes a cache is whole in 94 to 97 % of 2,000 calls, and no age in between stands out, so that <code>run</code> takes the longest that costs a hundredth of the runs and a tenth of the cap at the most.</p><p><strong>Consequence.</strong> What a dropped cache costs is booked and reported (<code>exceeded</code>), and the pool refuses what follows.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0056-trusted-caches.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0056TrustedCaches = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, _0056TrustedCaches as default };
