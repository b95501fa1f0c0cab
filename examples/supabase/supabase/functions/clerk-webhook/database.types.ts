// What `supabase gen types typescript` makes, without what is not used here.
export type Database = {
  public: {
    Tables: {
      users: {
        Row: {
          id: string
          email: string | null
          first_name: string | null
          last_name: string | null
          image_url: string | null
          created_at: string
          clerk_version: string
          deleted_at: string | null
        }
        Insert: {
          id: string
          email?: string | null
          first_name?: string | null
          last_name?: string | null
          image_url?: string | null
          created_at?: string
          clerk_version?: string
          deleted_at?: string | null
        }
        Update: {
          id?: string
          email?: string | null
          first_name?: string | null
          last_name?: string | null
          image_url?: string | null
          created_at?: string
          clerk_version?: string
          deleted_at?: string | null
        }
        Relationships: []
      }
    }
    Views: { [_ in never]: never }
    Functions: { [_ in never]: never }
  }
}
