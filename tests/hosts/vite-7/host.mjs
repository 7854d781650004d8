import { inVite } from '../vite/host.mjs';

export default { name: 'Vite 7', with: ['vite'], run: inVite };
