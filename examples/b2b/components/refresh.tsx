'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'

/**
 * Reads the page again while somebody looks at it, so that a delivery is seen without a reload.
 *
 * @param whole - loads it anew: Next.js does not leave a page that was not found by itself
 */
export function Refresh({ everyMs, whole = false }: { everyMs: number; whole?: boolean }) {
  const router = useRouter()
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return
      if (whole) location.reload()
      else router.refresh()
    }, everyMs)
    return () => clearInterval(timer)
  }, [router, everyMs, whole])
  return null
}
