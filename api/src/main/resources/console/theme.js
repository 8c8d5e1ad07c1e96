// Runs before the first paint, so that nobody who chose dark is shown white first.
(() => {
  try {
    const chosen = localStorage.getItem('penstock.theme');
    if (chosen === 'light' || chosen === 'dark') {
      document.documentElement.dataset.theme = chosen;
    }
  } catch {
    // Storage is forbidden: the system's choice holds.
  }
})();
