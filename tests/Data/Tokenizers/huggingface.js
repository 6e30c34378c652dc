// Loads a tokenizer.json with Hugging Face's library and prints ids and texts: node huggingface.js LIBRARY FILE TEXT...
const { Tokenizer } = require(process.argv[2]);
const tokenizer = Tokenizer.fromFile(process.argv[3]);
(async () => {
  for (const text of process.argv.slice(4)) {
    const ids = (await tokenizer.encode(text)).getIds();
    console.log(JSON.stringify({ ids, text: await tokenizer.decode(ids, true), size: tokenizer.getVocabSize(true), end: tokenizer.tokenToId('<|endoftext|>') }));
  }
})();
