"use strict";
(() => {
  const { runs } = JSON.parse(document.getElementById("data").textContent);
  const main = document.getElementById("main");
  const colours = ["#4c78d8", "#e0862f", "#2fa37c", "#cf5470", "#8a63d2", "#a98b1f", "#3c9fc4", "#8d8d94"];
  const phaseColours = { dataWait: colours[3], draw: colours[2], teacher: colours[1], student: colours[0], backward: colours[4], allReduce: colours[5],
    update: colours[2], checkpoint: colours[6], other: colours[7] };
  const several = runs.length > 1;

  // --- small helpers -----------------------------------------------------------------------------------------
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const isNumber = value => typeof value === "number" && Number.isFinite(value);
  const number = (value, digits = 4) => !isNumber(value) ? "–" : Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3)
    ? value.toExponential(2) : String(Number(value.toPrecision(digits)));
  const duration = seconds => !isNumber(seconds) ? "–" : seconds < 90 ? `${number(seconds, 3)} s`
    : seconds < 5400 ? `${number(seconds / 60, 3)} min` : `${number(seconds / 3600, 3)} h`;
  const words = name => name.replace(/([A-Z])/g, letter => " " + letter.toLowerCase());
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const section = (title, sentence) => {
    const cards = make("div", { className: "cards" });
    main.append(make("section", {}, make("h2", { textContent: title }), make("p", { textContent: sentence }), cards));
    return cards;
  };
  const card = (cards, title, sentence, wide = false) => {
    const box = make("div", { className: wide ? "card wide" : "card" });
    if (title) box.append(make("h3", { textContent: title }));
    if (sentence) box.append(make("p", { textContent: sentence }));
    cards.append(box);
    return box;
  };
  const table = (heads, rows) => make("div", { className: "scroll" }, make("table", {},
    make("thead", {}, make("tr", {}, ...heads.map(head => make("th", { textContent: head })))),
    make("tbody", {}, ...rows.map(row => make("tr", {}, ...row.map(cell => make("td", { textContent: cell })))))));

  // --- plots -------------------------------------------------------------------------------------------------
  const plots = [];
  const draw = plot => {
    plot.box.replaceChildren();
    const width = Math.max(240, plot.box.clientWidth);
    const axis = { stroke: style("--quiet"), grid: { stroke: style("--grid"), width: 1 }, ticks: { stroke: style("--grid"), width: 1 } };
    new uPlot({
      width, height: Math.round(Math.min(340, Math.max(200, width * .5))),
      scales: { x: { time: false, ...(plot.xRange ? { range: plot.xRange } : {}) }, y: plot.range ? { range: plot.range } : {} },
      axes: [{ ...axis, label: plot.xLabel, labelSize: 18, labelFont: "12px system-ui" }, { ...axis, size: 58 }],
      cursor: { drag: { x: true, y: false } }, legend: { live: width > 420 },
      series: [{ label: plot.xLabel, value: (_, value) => number(value) }, ...plot.series], hooks: plot.hooks || {},
    }, plot.data(), plot.box);
  };
  const addPlot = (box, plot) => {
    plot.box = make("div");
    box.append(plot.box);
    plots.push(plot);
  };
  const drawAll = () => plots.forEach(draw);

  /** A curve for each run and key, over steps; nothing when no run has such figures. */
  const curves = (cards, title, sentence, stage, keys, range) => {
    const found = runs.flatMap((run, index) => keys.map(([key, label], place) => ({ run, index, key, label, place, stage: run.stages[stage] })))
      .filter(curve => curve.stage?.curves[curve.key]?.some(isNumber));
    if (found.length === 0) return;
    addPlot(card(cards, title, sentence), {
      xLabel: "step", range,
      series: found.map(curve => ({
        label: several ? `${curve.run.name} ${keys.length > 1 ? curve.label : ""}`.trim() : curve.label,
        stroke: colours[(several ? curve.index : curve.place) % colours.length], width: 1.5, points: { show: false }, spanGaps: true,
        dash: several && curve.place > 0 ? [6, 4] : undefined, value: (_, value) => number(value),
      })),
      data: () => uPlot.join(found.map(curve => [curve.stage.curves.step, curve.stage.curves[curve.key]])),
    });
  };

  // --- the sections ------------------------------------------------------------------------------------------
  const summary = () => {
    const rows = runs.flatMap(run => Object.entries(run.stages).map(([stage, { totals }]) => [
      several ? `${run.name}: ${stage}` : stage, String(totals.steps), number(totals.lastLoss), duration(totals.seconds),
      number(totals.realTokens / totals.seconds, 3), `${number(100 * totals.paddingTokens / (totals.realTokens + totals.paddingTokens), 3)} %`,
      String(totals.nonFiniteLosses)]));
    const cards = section("Summary", "What was trained and how long it took. Time is that of the steps that count; those made again after a stop are left out.");
    card(cards, "", "", true).append(table(["stage", "steps", "last loss", "time", "tokens/s", "padding", "losses not finite"], rows));
  };

  const teacherCurves = () => {
    if (!runs.some(run => run.stages.teacher)) return;
    const cards = section("Teacher", "The teacher p is trained by maximum likelihood and then frozen.");
    curves(cards, "Loss", "Negative log-likelihood in nats per token: it should fall and then flatten.", "teacher", [["loss", "loss"]]);
    curves(cards, "Gradient norm", "Before clipping: peaks that do not calm down mean too large a learning rate.", "teacher", [["gradientNorm", "norm"]]);
    curves(cards, "Speed", "Real tokens per second, padding not counted.", "teacher", [["tokensPerSecond", "tokens/s"]]);
  };

  const studentCurves = () => {
    if (!runs.some(run => run.stages.student)) return;
    const cards = section("Student", "The student q follows the teacher's joint distribution at a temperature, by weights on whole continuations.");
    curves(cards, "Loss", "The weighted loss in nats per token; its level depends on the weights, its trend is what counts.", "student", [["loss", "loss"]]);
    curves(cards, "Parts of the loss", "Weighted negative log-likelihood, and the KL divergence between student and teacher before its factor.", "student",
      [["negativeLogLikelihood", "weighted NLL"], ["klDivergence", "KL"]]);
    curves(cards, "Health of the weights", "Effective sample size near 0 means that a few places decide the gradient; much clipping means that the weights are biased.", "student",
      [["effectiveSampleSizeRatio", "effective sample size"], ["clipFraction", "clipped"]], [0, 1]);
    curves(cards, "Log weights", "With a good baseline the mean stays near or below 0 and the largest at the clip.", "student", [["meanLogWeight", "mean"], ["maxLogWeight", "largest"]]);
    curves(cards, "Gradient norm", "Before clipping.", "student", [["gradientNorm", "norm"]]);
    curves(cards, "Speed", "Real tokens per second, the teacher's scoring included.", "student", [["tokensPerSecond", "tokens/s"]]);
  };

  /** Evaluations during the training: a curve for each run, model and temperature. */
  const evaluations = () => {
    const found = runs.flatMap(run => run.evaluations.map(curve => ({ run, curve })));
    if (found.length === 0) return;
    const cards = section("During the training", "What the student's samples were like after so many steps, beside the teacher's own.");
    const add = (title, sentence, key) => addPlot(card(cards, title, sentence), {
      xLabel: "step",
      series: found.map(({ run, curve }, index) => ({
        label: `${several ? run.name + " " : ""}${curve.model} T ${number(curve.temperature, 3)}`, stroke: colours[index % colours.length], width: 1.5,
        spanGaps: true, dash: curve.model === "teacher" ? [6, 4] : undefined, value: (_, value) => number(value),
      })),
      data: () => uPlot.join(found.map(({ curve }) => [curve.step, curve[key]])),
    });
    add("Log-likelihood", "Of samples under the teacher, in nats per token: a lower temperature should give a higher one.", "logLikelihood");
    add("Diversity", "Distinct-2: different pairs of words over all pairs. It should not fall much further than the teacher's.", "distinct2");
  };

  const times = () => {
    const stages = runs.flatMap(run => Object.entries(run.stages)
      .map(([stage, { totals }]) => ({ stage, name: several ? `${run.name}: ${stage}` : stage, totals })))
      .filter(({ totals }) => totals.seconds > 0);
    if (stages.length === 0) return;
    const cards = section("Where the time went", "Shares of the time of all steps. Waiting for data should be next to nothing.");
    for (const { stage, name, totals } of stages) {
      const parts = Object.entries(totals.phaseSeconds);
      parts.push(["other", Math.max(0, totals.seconds - parts.reduce((sum, [, seconds]) => sum + seconds, 0))]);
      const box = card(cards, name, "");
      const bar = make("div", { className: "bar", role: "img", ariaLabel: `Shares of time, ${name}` });
      const key = make("div", { className: "key" });
      for (const [phase, seconds] of parts.filter(([, seconds]) => seconds / totals.seconds >= .001)) {
        const share = 100 * seconds / totals.seconds;
        const title = stage === "teacher" && phase === "student" ? "forward" : words(phase);
        const piece = make("span", { title });
        piece.style.cssText = `width:${share}%;background:${phaseColours[phase]}`;
        const dot = make("i");
        dot.style.background = phaseColours[phase];
        bar.append(piece);
        key.append(make("span", {}, dot, `${title} ${number(share, 2)} %`));
      }
      box.append(bar, key);
    }
  };

  const measures = {
    "distinct-2": row => row.diversity.distinct[1], "distinct-1": row => row.diversity.distinct[0], "distinct-3": row => row.diversity.distinct[2],
    "distinct-4": row => row.diversity.distinct[3], "1 - self-BLEU": row => 1 - row.diversity.selfBleu, "entropy of 4-grams": row => row.diversity.entropy[3],
    "1 - seq-rep-4": row => 1 - row.diversity.seqRep[3],
  };
  const temperature = row => row.longHorizonTemperature ?? row.myopicTemperature;

  const frontier = () => {
    const sources = runs.flatMap((run, index) => ["teacher", "student"].map(source => ({
      run, index, source, rows: (run.table?.rows || []).filter(row => row.source === source && isNumber(row.likelihood.perToken))
        .sort((a, b) => a.likelihood.perToken - b.likelihood.perToken),
    }))).filter(group => group.rows.length > 0);
    if (sources.length === 0) return;
    const cards = section("Likelihood against diversity",
      "Each point is a set of samples at one temperature. To the right the teacher finds them likelier, upwards they are more varied; a student whose points lie above and to the right of the teacher's does better than scaling token by token.");
    const box = card(cards, "", "", true);
    const choice = make("select", { ariaLabel: "Measure of diversity" }, ...Object.keys(measures).map(name => make("option", { textContent: name })));
    box.append(make("label", {}, "Diversity: ", choice));
    const value = row => {
      const measured = measures[choice.value](row);
      return isNumber(measured) ? measured : null;
    };
    const plot = {
      xLabel: "teacher's log-likelihood, nats per token",
      xRange: (_, low, high) => [low - .06 * (high - low || 1), high + .06 * (high - low || 1)],
      series: sources.map(group => {
        const stroke = colours[((several ? 2 * group.index : 0) + (group.source === "teacher" ? 1 : 0)) % colours.length];
        return {
          label: `${several ? group.run.name + " " : ""}${group.source === "teacher" ? "teacher, myopic T" : "student, long-horizon T"}`,
          stroke, width: 1, spanGaps: true, dash: [3, 4], points: { show: true, size: 9, fill: stroke }, value: (_, shown) => number(shown),
        };
      }),
      data: () => uPlot.join(sources.map(group => [group.rows.map(row => row.likelihood.perToken), group.rows.map(value)])),
      hooks: { draw: [view => labelPoints(view, sources, value)] },
    };
    addPlot(box, plot);
    choice.addEventListener("change", () => draw(plot));
  };

  const labelPoints = (view, sources, value) => {
    const context = view.ctx;
    context.save();
    context.fillStyle = style("--quiet");
    context.font = `${11 * devicePixelRatio}px system-ui`;
    for (const row of sources.flatMap(group => group.rows).filter(row => isNumber(value(row)))) {
      const text = `T ${number(temperature(row), 3)}`;
      const [x, y] = [view.valToPos(row.likelihood.perToken, "x", true), view.valToPos(value(row), "y", true)];
      const fits = x + 9 * devicePixelRatio + context.measureText(text).width < view.bbox.left + view.bbox.width;
      context.textAlign = fits ? "left" : "right";
      context.fillText(text, x + (fits ? 8 : -8) * devicePixelRatio, y - 7 * devicePixelRatio);
    }
    context.restore();
  };

  const grid = () => {
    for (const run of runs.filter(run => run.table)) {
      const cards = section(several ? `Temperatures: ${run.name}` : "Temperatures", "The same figures as numbers. Log-likelihood is the teacher's, in nats per token, with its standard error.");
      card(cards, "", "", true).append(table(
        ["source", "T", "samples", "log p/token", "± s.e.", "effective T", "± T", "distinct-1", "distinct-2", "distinct-3", "distinct-4", "seq-rep-4", "entropy-4", "self-BLEU", "length"],
        run.table.rows.map(row => [`${row.source}, ${row.longHorizonTemperature == null ? "myopic" : "long-horizon"}`, number(temperature(row)), String(row.numSamples),
          ...[row.likelihood.perToken, row.likelihood.perTokenError, row.effectiveTemperature?.value, row.effectiveTemperature?.standardError, ...row.diversity.distinct, row.diversity.seqRep[3], row.diversity.entropy[3],
            row.diversity.selfBleu, row.diversity.meanLength].map(cell => number(cell))])));
    }
  };

  const samples = () => {
    for (const run of runs.filter(run => run.samples.length > 0)) {
      const cards = section(several ? `Samples: ${run.name}` : "Samples", "Texts that the models wrote, side by side.");
      for (const { heading, text } of run.samples) card(cards, heading, "").append(make("pre", { textContent: text }));
    }
  };

  const recipes = () => {
    const cards = section(several ? "Recipes" : "Recipe", "Every setting of the run, defaults included.");
    for (const run of runs) {
      const details = make("details", {}, make("summary", { textContent: run.name }), make("pre", { textContent: run.recipe }));
      card(cards, "", "", true).append(details);
    }
  };

  document.getElementById("lead").textContent = several ? `${runs.length} runs side by side: ${runs.map(run => run.name).join(", ")}.`
    : "Long-horizon temperature scaling: a frozen teacher, and a student that follows its joint distribution at a temperature.";
  summary(); frontier(); grid(); samples(); evaluations(); studentCurves(); teacherCurves(); times(); recipes();
  drawAll();
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; drawAll(); } });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("beforeprint", drawAll);
})();
