// Light or dark: the system's, until the button says otherwise.
import { byId } from './dom.js';

const dark = matchMedia('(prefers-color-scheme: dark)');
const isDark = (): boolean => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';

/** Makes the button of the theme work. */
export function startTheme(): void {
  const button = byId('theme');
  const show = (): void => button.setAttribute('aria-pressed', String(isDark()));
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem('theme', theme);
    } catch {
      // It lasts for this visit then.
    }
    show();
  });
  dark.addEventListener('change', show);
  show();
}
