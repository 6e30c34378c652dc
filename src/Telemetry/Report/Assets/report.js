"use strict";
(() => {
  const { runs } = JSON.parse(document.getElementById("data").textContent);
  const main = document.getElementById("main");
  // One colour for one thing: with one run the student is blue and the teacher orange, with several each run has its own.
  const colours = ["#4c78d8", "#e0862f", "#2fa37c", "#cf5470", "#8a63d2", "#a98b1f", "#3c9fc4", "#8d8d94"];
  const phaseColours = { dataWait: colours[3], draw: colours[2], teacher: colours[1], student: colours[0], backward: colours[4], allReduce: colours[5],
    update: colours[2], checkpoint: colours[6], other: colours[7] };
  const several = runs.length > 1;
  const modelColours = { student: colours[0], teacher: colours[1] };
  /** Of a curve: its run's; alone, its stage's or model's for the first and greys and greens for others beside it. */
  const colourOf = (runIndex, model, place = 0) => several ? colours[runIndex % colours.length] : [modelColours[model], colours[7], colours[2]][place % 3];

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
  const pair = (value, error) => !isNumber(value) ? "–" : !isNumber(error) || error <= 0 ? number(value)
    : (digits => `${value.toFixed(digits)} ± ${error.toFixed(digits)}`)(Math.min(4, Math.max(1, Math.ceil(1 - Math.log10(error)))));
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

  const dashes = [undefined, [6, 4], [2, 3], [10, 4, 2, 4]];

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
      cursor: { drag: { x: true, y: false } },
      // Its line as the plot draws it, so that the dashed one is told from the solid one.
      legend: { live: width > 420, markers: { width: 2, stroke: (view, index) => view.series[index].stroke(view, index),
        fill: (view, index) => plot.isFilled?.(index) ? view.series[index].stroke(view, index) : "transparent",
        dash: (view, index) => plot.isFilled?.(index) ? "solid" : view.series[index].dash ? "dashed" : "solid" } },
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
        stroke: colourOf(curve.index, stage, curve.place), width: 1.5, points: { show: false }, spanGaps: true,
        dash: several && curve.place > 0 ? dashes[curve.place % dashes.length] : undefined, value: (_, value) => number(value),
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

  const stageSentences = {
    teacher: "The teacher p is trained by maximum likelihood and then frozen.",
    student: "The student q follows the teacher's joint distribution at a temperature.",
  };

  /** For each stage, a plot for each that its figures name, and what every stage has. */
  const stageCurves = () => {
    const stages = [...new Set(runs.flatMap(run => Object.keys(run.stages)))].reverse();
    for (const stage of stages) {
      const figures = runs.flatMap(run => run.stages[stage]?.figures ?? []);
      const plotsOf = new Map(figures.map(figure => [figure.plot, figure]));
      const cards = section(stage[0].toUpperCase() + stage.slice(1), stageSentences[stage] ?? "");
      if (!figures.some(figure => figure.key === "loss")) curves(cards, "Loss", "What the step minimises.", stage, [["loss", "loss"]]);
      for (const [title, { sentence, range }] of plotsOf) {
        const legends = new Map(figures.filter(figure => figure.plot === title).map(figure => [figure.key, figure.legend]));
        curves(cards, title, sentence, stage, [...legends], range);
      }
      curves(cards, "Gradient norm", "Before clipping: peaks that do not calm down mean too large a learning rate.", stage, [["gradientNorm", "norm"]]);
      curves(cards, "Speed", "Real tokens per second, padding not counted.", stage, [["tokensPerSecond", "tokens/s"]]);
    }
  };

  /** Evaluations during the training: a curve for each run, model and temperature. */
  const evaluations = () => {
    const found = runs.flatMap((run, index) => run.evaluations.map(curve => ({ run, index, curve })));
    if (found.length === 0) return;
    const cards = section("During the training", "What the student's samples were like after so many steps, beside the teacher's own.");
    // Of one run: a colour for each model, lighter for higher temperatures; of several: the run's colour. The teacher is dashed.
    const shade = (curve, index) => {
      const temperatures = [...new Set(found.filter(other => other.curve.model === curve.model).map(other => other.curve.temperature))].sort((a, b) => a - b);
      const share = temperatures.length < 2 ? 0 : temperatures.indexOf(curve.temperature) / (temperatures.length - 1);
      return colourOf(index, curve.model) + Math.round(255 - 150 * share).toString(16);
    };
    const add = (title, sentence, key) => {
      const shown = found.filter(({ curve }) => curve[key]?.some(isNumber));
      if (shown.length === 0) return;
      addPlot(card(cards, title, sentence), {
        xLabel: "step",
        series: shown.map(({ run, index, curve }) => ({
          label: `${several ? run.name + " " : ""}${curve.model} T ${number(curve.temperature, 3)}`, stroke: shade(curve, index), width: 2,
          spanGaps: true, dash: curve.model === "teacher" ? [6, 4] : undefined, value: (_, value) => number(value),
        })),
        data: () => uPlot.join(shown.map(({ curve }) => [curve.step, curve[key]])),
      });
    };
    add("Gain", "By how many nats a sequence the student is nearer to p_T than the best myopic temperature. Above zero it does better than dividing logits.", "gain");
    add("Entropy", "In nats per token. One that falls to nothing is a student that writes one text.", "entropyPerToken");
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
    const sentence = "To the right the teacher finds the texts likelier, upwards they are more varied. n-grams are of words, by equal numbers in each set.";
    const box = card(document.querySelector("#verdict .cards") ?? section("Evaluation", "What teacher and student write."), "Likelihood against diversity", sentence);
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
        const stroke = colourOf(group.index, group.source);
        return {
          label: `${several ? group.run.name + " " : ""}${group.source === "teacher" ? "teacher, myopic T" : "student, long-horizon T"}`,
          stroke, width: 1.5, spanGaps: true, dash: group.source === "teacher" ? [6, 4] : undefined,
          points: { show: true, size: 9, width: 2, fill: group.source === "teacher" ? style("--card") : stroke }, value: (_, shown) => number(shown),
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
    [context.textAlign, context.textBaseline] = ["left", "alphabetic"];
    // The student's first; a label that finds no free place is left out, since the table below has its figures.
    const taken = [];
    const rows = [...sources].sort((a, b) => a.source.localeCompare(b.source)).flatMap(group => group.rows).filter(row => isNumber(value(row)));
    const place = row => [view.valToPos(row.likelihood.perToken, "x", true), view.valToPos(value(row), "y", true)];
    for (const row of rows) taken.push([...place(row).map(at => at - 6 * devicePixelRatio), ...place(row).map(at => at + 6 * devicePixelRatio)]);
    const isFree = box => box[0] >= view.bbox.left && box[2] <= view.bbox.left + view.bbox.width && box[1] >= view.bbox.top && box[3] <= view.bbox.top + view.bbox.height
      && taken.every(other => box[0] >= other[2] || box[2] <= other[0] || box[1] >= other[3] || box[3] <= other[1]);
    for (const row of rows) {
      const text = `T ${number(temperature(row), 3)}`;
      const [[x, y], wide, high, gap] = [place(row), context.measureText(text).width, 13 * devicePixelRatio, 8 * devicePixelRatio];
      const box = [[x + gap, y - high / 2], [x - gap - wide, y - high / 2], [x + gap, y - gap - high], [x - gap - wide, y + gap], [x - wide / 2, y - gap - high], [x - wide / 2, y + gap]]
        .map(([left, top]) => [left, top, left + wide, top + high]).find(isFree);
      if (!box) continue;
      taken.push(box);
      context.fillText(text, box[0], box[3] - 3 * devicePixelRatio);
    }
    context.restore();
  };

  const grid = () => {
    for (const run of runs.filter(run => run.table)) {
      const cards = section(several ? `Temperatures: ${run.name}` : "Temperatures", "The same figures as numbers. Log-likelihood is the teacher's, in nats per token, each figure with one standard error; evaluation/table.txt has more of them.");
      card(cards, "", "", true).append(table(
        ["source", "T", "log p/token", "entropy/token", "free energy", "gain", "best myopic", "effective T", "distinct-2", "seq-rep-4", "self-BLEU", "words"],
        run.table.rows.map(row => [row.source === "teacher" ? "teacher, myopic" : "student", number(temperature(row)),
          pair(row.likelihood.perToken, row.likelihood.perTokenError), pair(row.entropy?.perToken, row.entropy?.standardError), pair(row.freeEnergy?.value, row.freeEnergy?.standardError),
          pair(row.gain?.value, row.gain?.standardError), number(row.bestMyopicTemperature), pair(row.effectiveTemperature?.value, row.effectiveTemperature?.standardError),
          ...[row.diversity.distinct[1], row.diversity.seqRep[3], row.diversity.selfBleu, row.diversity.meanLength].map(cell => number(cell, 3))])));
    }
  };

  const samples = () => {
    for (const run of runs.filter(run => run.samples.length > 0)) {
      const cards = section(several ? `Samples: ${run.name}` : "Samples", "Texts that the models wrote, side by side.");
      for (const { heading, text } of run.samples) card(cards, heading, "").append(make("pre", { textContent: text }));
    }
  };

  const changes = () => {
    for (const run of runs.filter(run => run.changes.length > 0)) {
      const cards = section(several ? `Changed settings: ${run.name}` : "Changed settings", "What was changed when the run was taken up again, and from which step on it holds.");
      card(cards, "", "", true).append(table(["stage", "from step", "setting", "was", "is"], run.changes.map(change => [change.stage, `${change.step}`, change.key, change.was, change.is])));
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
  summary(); frontier(); grid(); samples(); evaluations(); stageCurves(); times(); changes(); recipes();
  drawAll();
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; drawAll(); } });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("beforeprint", drawAll);
})();
