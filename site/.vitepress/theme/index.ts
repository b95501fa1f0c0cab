import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import ConvergenceLive from './ConvergenceLive.vue'
import './style.css'

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('ConvergenceLive', ConvergenceLive)
  },
} satisfies Theme
