import { memory } from '../../js/stores/index.js';
import { storeContract } from './contract.js';

storeContract('memory', { kind: 'memory', fresh: async (retention) => memory(retention) });
