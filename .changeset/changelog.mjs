/** An entry of the changelog is the text of its file, as one item of a list. */
const lines = {
  getReleaseLine: async ({ summary }) => `- ${summary.trim().replaceAll("\n", "\n  ")}`,
  getDependencyReleaseLine: async () => "",
};

export default lines;
