export { Authority, type Certificate, type CertificateRequest, selfSigned } from './authority.ts';
